import { proveTranscripts } from '../../src/prove-transcripts.js';

await proveTranscripts({ port: 18643, transcripts: ['get', 'describe', 'discovery'], kubectls: 'newest' });
