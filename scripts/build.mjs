// Installs and compiles what is missing or older than its sources: what every npm script does first.
import { prepare } from './prepare.mjs';

prepare();
