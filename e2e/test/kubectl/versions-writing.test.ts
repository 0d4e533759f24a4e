import { proveTranscripts } from '../../src/prove-transcripts.js';

proveTranscripts({ port: 19443, transcripts: ['create', 'apply', 'change'], kubectls: 'older' });
