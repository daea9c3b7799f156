// Run the program
export { runProgram, type Output, type ProgramSurroundings } from './program.ts';
export { EXIT_CODES, type ExitCode } from './exit-codes.ts';
