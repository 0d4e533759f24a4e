import { proveTranscripts } from '../../src/prove-transcripts.js';

proveTranscripts({ port: 19643, transcripts: ['get', 'discovery', 'streams'], kubectls: 'older' });
