// Installs what package-lock.json names, unless it is there already (a base image may bring it along).
import { install } from './prepare.mjs';

install();
