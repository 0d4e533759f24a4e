import { proveTranscripts } from '../../src/prove-transcripts.js';

proveTranscripts({ port: 18843, transcripts: ['workloads', 'streams'], kubectls: 'newest' });
