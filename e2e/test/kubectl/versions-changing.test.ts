import { proveTranscripts } from '../../src/prove-transcripts.js';

await proveTranscripts({ port: 19843, transcripts: ['change', 'streams'], kubectls: 'older' });
