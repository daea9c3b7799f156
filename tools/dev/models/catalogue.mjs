/**
 * The model files the product needs, pinned. Each comes out of a published npm package, so it arrives through the
 * registry, proxy and cache the user already has. `integrity` is the sha512 of the package's tarball as npm states it;
 * `bytes` is its size, for the person who waits.
 */
export const CATALOGUE = [
  {
    name: 'moonshine-tiny-en',
    title: 'Moonshine Tiny, English speech to text',
    licence: 'MIT',
    packages: [
      {
        name: '@moonshine-ai/moonshine-js',
        version: '0.1.29',
        integrity: 'sha512-Gx1B3mJcbM68ihSy/LyJEuEkGq7sYMqTb04zNdcIeidU0URVlSmXP0GyiQOTTAqDZQXlIC7k+bky+FdXk0UPlg==',
        bytes: 21_514_347,
      },
      {
        name: 'llama-tokenizer-js',
        version: '1.2.2',
        integrity: 'sha512-Wmth393dc3odWU3IzARJ3r2oIfWgw9GdJ5Gm+hGhfECNO18UHLRqEFSf511jn4E9KcQGzuuKw4Wl08pHAemLAw==',
        bytes: 388_950,
      },
    ],
    files: [
      {
        name: 'encoder_model.onnx',
        from: '@moonshine-ai/moonshine-js',
        path: 'dist/model/tiny/quantized/encoder_model.onnx',
      },
      {
        name: 'decoder_model_merged.onnx',
        from: '@moonshine-ai/moonshine-js',
        path: 'dist/model/tiny/quantized/decoder_model_merged.onnx',
      },
      { name: 'LICENSE', from: '@moonshine-ai/moonshine-js', path: 'LICENSE' },
      { name: 'tokens.txt', from: 'llama-tokenizer-js', path: 'llama-tokenizer.js', convert: 'llama-tokens' },
    ],
  },
  {
    name: 'silero-vad',
    title: 'Silero VAD v6, voice activity',
    licence: 'MIT',
    packages: [
      {
        name: '@ricky0123/vad-web',
        version: '0.0.31',
        integrity: 'sha512-ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==',
        bytes: 5_471_324,
      },
    ],
    files: [
      { name: 'silero_vad_v6.onnx', from: '@ricky0123/vad-web', path: 'dist/silero_vad_v6.onnx' },
      { name: 'LICENSE', text: sileroLicence() },
    ],
  },
];

/** The package ships the model without its licence text, which MIT asks to keep beside it. */
function sileroLicence() {
  return `MIT License

Copyright (c) 2020-present Silero Team

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;
}
