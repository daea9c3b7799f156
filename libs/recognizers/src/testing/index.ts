// The contract that every recogniser runs
export { describeStreamingContract, describeWindowedContract } from './recognizer.contract.ts';
export type { ContractCheck, ContractSubject } from './contract-subject.ts';
export { STREAMING_CONTRACT } from './streaming.contract.ts';
export { WINDOWED_CONTRACT } from './windowed.contract.ts';
