import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalRecognizer, createSileroPool, RecognizerError } from '../src/index.ts';
import { checkModelFile, openModelFolder } from '../src/models.ts';
import { cachedModel, sileroModelPath } from './cached-models.ts';

/** A protobuf field of bytes. */
function field(number: number, content: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
}

/** The outside of an ONNX file: a version, a graph and metadata. */
function onnx(metadata: Record<string, string> = {}): Buffer {
  const entries = Object.entries(metadata).map(([key, value]) =>
    field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
  );
  return Buffer.concat([Buffer.from([0x08, 0x07]), field(7, Buffer.alloc(5000, 1)), ...entries]);
}

describe('a model folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-model-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function fill(files: Record<string, Buffer>, name = 'model'): Promise<string> {
    const inner = join(folder, name);
    await mkdir(inner);
    for (const [file, content] of Object.entries(files)) await writeFile(join(inner, file), content);
    return inner;
  }

  const tokens = Buffer.from('a 0\n');

  it.each([
    ['sherpa-onnx-moonshine-tiny-en', { 'encoder_model.onnx': {}, 'decoder_model_merged.onnx': {} }, 'moonshine'],
    [
      'sherpa-onnx-moonshine-base-es-int8',
      { 'preprocess.onnx': {}, 'encode.int8.onnx': {}, 'uncached_decode.int8.onnx': {}, 'cached_decode.int8.onnx': {} },
      'moonshine-v1',
    ],
    ['sense-voice', { 'model.int8.onnx': {} }, 'sense-voice'],
    ['any-name', { 'model.onnx': { model_type: 'sense_voice_ctc' } }, 'sense-voice'],
    ['any-name', { 'model.onnx': { model_type: 'EncDecCTCModelBPE' } }, 'nemo-ctc'],
    ['zipformer-en', { 'encoder.onnx': {}, 'decoder.onnx': {}, 'joiner.onnx': {} }, 'transducer'],
    ['parakeet-tdt-0.6b-v3', { 'encoder.onnx': {}, 'decoder.onnx': {}, 'joiner.onnx': {} }, 'nemo-transducer'],
    [
      'any-name',
      { 'encoder.onnx': { decode_chunk_len: '32' }, 'decoder.onnx': {}, 'joiner.onnx': {} },
      'streaming-transducer',
    ],
  ])('called %s with %o is found to be %s', async (name, files, kind) => {
    const content = Object.fromEntries(Object.entries(files).map(([file, metadata]) => [file, onnx(metadata)]));
    const model = await openModelFolder(await fill({ ...content, 'tokens.txt': tokens }, name));
    expect(model.kind).toBe(kind);
  });

  it('is refused by name, with what is there and what is expected, when it holds no complete model', async () => {
    const inner = await fill({ 'encoder_model.onnx': onnx(), 'tokens.txt': tokens });
    const opening = createLocalRecognizer({ modelFolder: inner });
    await expect(opening).rejects.toThrow(RecognizerError);
    await expect(opening).rejects.toThrow(
      /model holds encoder_model\.onnx, tokens\.txt, which is no complete model\. Expected is one of: Moonshine .*`npm run setup`/,
    );
  });

  it('is refused when it is empty or not there', async () => {
    await expect(openModelFolder(await fill({}))).rejects.toThrow(/is empty\. Expected/);
    await expect(openModelFolder(join(folder, 'nowhere'))).rejects.toThrow(/nowhere cannot be read.*npm run setup/);
  });

  it('is refused when its single file is of an unknown type', async () => {
    const inner = await fill({ 'model.onnx': onnx({ model_type: 'bird song' }), 'tokens.txt': tokens });
    await expect(openModelFolder(inner)).rejects.toThrow(/unknown type \(bird song\)/);
  });

  it('is refused, before the native engine sees it, when a file is truncated anywhere', async () => {
    const whole = onnx({ model_type: 'sense_voice_ctc', comment: 'for the test' });
    for (const bytes of [1, 3, 700, whole.length - 60, whole.length - 1]) {
      const path = join(folder, 'part.onnx');
      await writeFile(path, whole.subarray(0, bytes));
      await expect(checkModelFile(path)).rejects.toThrow(/part\.onnx is (truncated|not an ONNX model).*npm run setup/);
    }
  });

  it('is refused when a file is empty, missing, or not a model', async () => {
    await writeFile(join(folder, 'page.onnx'), '<html>Not found</html>');
    await writeFile(join(folder, 'empty.onnx'), '');
    await expect(checkModelFile(join(folder, 'page.onnx'))).rejects.toThrow(
      /page\.onnx is (not an ONNX model|truncated)/,
    );
    await expect(checkModelFile(join(folder, 'empty.onnx'))).rejects.toThrow(/is empty or not a file/);
    await expect(checkModelFile(join(folder, 'none.onnx'))).rejects.toThrow(/none\.onnx is missing/);
  });

  it('is refused when a file is not as long as the manifest beside it says', async () => {
    await writeFile(join(folder, 'tokens.txt'), tokens);
    const manifest = { files: [{ name: 'tokens.txt', bytes: 100 }] };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await expect(checkModelFile(join(folder, 'tokens.txt'))).rejects.toThrow(/truncated \(4 of 100 bytes\)/);
  });

  it('accepts a real model, and refuses the same cut short', async () => {
    await expect(checkModelFile(sileroModelPath())).resolves.toBeInstanceOf(Map);
    const path = join(folder, 'silero.onnx');
    await writeFile(path, await readFile(sileroModelPath()));
    await truncate(path, 1_000_000);
    await expect(checkModelFile(path)).rejects.toThrow(/truncated/);
  });

  it.each(['streaming-zipformer-en', 'zipformer-en'])(
    'called %s with files that would end the process is refused with the reason of the engine',
    async (name) => {
      const files = { 'encoder.onnx': onnx(), 'decoder.onnx': onnx(), 'joiner.onnx': onnx(), 'tokens.txt': tokens };
      const opening = createLocalRecognizer({ modelFolder: await fill(files, name) });
      await expect(opening).rejects.toThrow(RecognizerError);
      await expect(opening).rejects.toThrow(
        /refuses the model .*zipformer-en \(.*Protobuf parsing failed.*npm run setup/,
      );
    },
  );

  it('of a detector that would end the process is refused with the reason of the engine', async () => {
    const modelPath = join(await fill({ 'vad.onnx': onnx() }), 'vad.onnx');
    await expect(createSileroPool({ modelPath })).rejects.toThrow(/refuses the model .*vad\.onnx \(.*Protobuf/);
  });

  it('without a manifest is loaded as well', async () => {
    const moonshine = cachedModel('moonshine-tiny-en');
    const names = ['encoder_model.onnx', 'decoder_model_merged.onnx', 'tokens.txt'];
    const files = await Promise.all(names.map(async (name) => [name, await readFile(join(moonshine, name))] as const));
    const recognizer = await createLocalRecognizer({ modelFolder: await fill(Object.fromEntries(files)) });
    expect(recognizer.name).toBe('local:model');
    await recognizer.close();
  });
});
