import { proveTranscripts } from '../../src/prove-transcripts.js';

await proveTranscripts({ port: 19643, transcripts: ['get', 'discovery'], kubectls: 'older' });
