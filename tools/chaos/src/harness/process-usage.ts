import { readdirSync, readFileSync } from 'node:fs';

const BYTES_PER_KB = 1024;

/** Resident memory of a process; Linux. Units: bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * BYTES_PER_KB;
}

/** Open files and sockets of a process; Linux. */
export function openHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
