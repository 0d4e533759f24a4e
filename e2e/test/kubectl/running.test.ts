import { proveTranscripts } from '../../src/prove-transcripts.js';

await proveTranscripts({ port: 18843, transcripts: ['workloads', 'streams'], kubectls: 'newest' });
