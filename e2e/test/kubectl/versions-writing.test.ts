import { proveTranscripts } from '../../src/prove-transcripts.js';

await proveTranscripts({ port: 19443, transcripts: ['create', 'apply'], kubectls: 'older' });
