import { proveTranscripts } from '../../src/prove-transcripts.js';

await proveTranscripts({ port: 18443, transcripts: ['apply', 'create', 'change'], kubectls: 'newest' });
