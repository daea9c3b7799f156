import { open, type FileHandle } from 'node:fs/promises';

/** What the outside of an ONNX file tells without loading it. */
export type OnnxOutline =
  | { readonly kind: 'whole'; readonly metadata: ReadonlyMap<string, string> }
  | { readonly kind: 'broken'; readonly problem: string };

/** Longest field header: a tag and a length, each a varint of at most ten bytes. */
const HEADER_BYTES = 20;
/** `metadata_props` of ONNX's ModelProto, an entry of key (1) and value (2). */
const METADATA_FIELD = 14;
const GRAPH_FIELD = 7;
/** Values that steer detection are short; vocabularies some exporters put there are not. */
const METADATA_BYTES = 4096;

interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Length of the header, and of the content where the header says it. */
  readonly headerBytes: number;
  readonly contentBytes: number;
}

/**
 * Walks the top-level fields of an ONNX file (a protobuf) to its end and reads its metadata. A truncated file ends inside a field.
 * Needed because onnxruntime, called by sherpa-onnx, ends the whole process on some broken files.
 */
export async function outlineOnnx(path: string): Promise<OnnxOutline> {
  const file = await open(path, 'r');
  try {
    return await walk(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function walk(file: FileHandle, fileBytes: number): Promise<OnnxOutline> {
  const metadata = new Map<string, string>();
  let hasGraph = false;
  let at = 0;
  while (at < fileBytes) {
    const field = readField(await readAt(file, at, Math.min(HEADER_BYTES, fileBytes - at)));
    if (field === null) return { kind: 'broken', problem: 'is not an ONNX model' };
    const end = at + field.headerBytes + field.contentBytes;
    if (end > fileBytes) return { kind: 'broken', problem: `is truncated (${fileBytes} of at least ${end} bytes)` };
    if (field.number === GRAPH_FIELD) hasGraph = true;
    if (field.number === METADATA_FIELD && field.contentBytes <= METADATA_BYTES) {
      addEntry(metadata, await readAt(file, at + field.headerBytes, field.contentBytes));
    }
    at = end;
  }
  return hasGraph ? { kind: 'whole', metadata } : { kind: 'broken', problem: 'is not an ONNX model' };
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

/** Reads a field's header: a varint of number and wire type, and for wire type 2 the length. */
function readField(bytes: Buffer): Field | null {
  const tag = readVarint(bytes, 0);
  if (tag === null || tag.value < 8) return null;
  const number = Math.floor(tag.value / 8);
  const wireType = tag.value % 8;
  const next = readVarint(bytes, tag.end);
  if (wireType === 0) return next && { number, wireType, headerBytes: next.end, contentBytes: 0 };
  if (wireType === 2) return next && { number, wireType, headerBytes: next.end, contentBytes: next.value };
  if (wireType === 1 || wireType === 5) {
    return { number, wireType, headerBytes: tag.end, contentBytes: wireType === 1 ? 8 : 4 };
  }
  return null;
}

function readVarint(bytes: Buffer, from: number): { readonly value: number; readonly end: number } | null {
  let value = 0;
  let scale = 1;
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return null;
}

function addEntry(metadata: Map<string, string>, bytes: Buffer): void {
  const texts = new Map<number, string>();
  for (let at = 0; at < bytes.length;) {
    const field = readField(bytes.subarray(at));
    if (field === null) return;
    const start = at + field.headerBytes;
    if (field.wireType === 2) texts.set(field.number, bytes.toString('utf8', start, start + field.contentBytes));
    at = start + field.contentBytes;
  }
  metadata.set(texts.get(1) ?? '', texts.get(2) ?? '');
}
