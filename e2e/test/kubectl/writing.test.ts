import { proveTranscripts } from '../../src/prove-transcripts.js';

proveTranscripts({ port: 18443, transcripts: ['apply', 'create', 'change'], kubectls: 'newest' });
