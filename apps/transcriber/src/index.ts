// Run a transcriber inside another process: tests and benchmarks
export { openTranscriber, type Transcriber, type TranscriberParts } from './open-transcriber.ts';
export { toTranscriberConfig, transcriberVariablesSchema, type TranscriberConfig } from './config.ts';
