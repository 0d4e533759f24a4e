import { proveTranscripts } from '../../src/prove-transcripts.js';

proveTranscripts({ port: 19043, transcripts: ['cluster'], kubectls: 'newest' });
