import { join } from 'node:path';
import { build } from 'esbuild';

/** A key and a certificate that signs itself, as the tests make them. */
export async function selfSigned() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../../test-node/support/certificate.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  const certificate = await import(`data:text/javascript;base64,${code}`);
  return certificate.selfSigned();
}
