// What both emulators share
export type { Emulator, EmulatorOptions } from './emulator.ts';
export { always, inOrder, type Fault, type FaultScript } from './fault.ts';

// Google's Speech-to-Text: gRPC, v1 and v2
export { startGoogleEmulator, type GoogleEmulatorOptions } from './google/google-emulator.ts';

// OpenAI's speech recognition: REST and server-sent events
export { startOpenAiEmulator, type OpenAiEmulatorOptions } from './openai/open-ai-emulator.ts';
export type { OpenAiFeature } from './openai/transcription-form.ts';
