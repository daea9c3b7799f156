// What both emulators share
export type { Emulator, EmulatorOptions } from './emulator.ts';
export { always, inOrder, type Fault, type FaultScript } from './fault.ts';
