import { proveTranscripts } from '../../src/prove-transcripts.js';

await proveTranscripts({ port: 19043, transcripts: ['cluster', 'controllers'], kubectls: 'newest' });
