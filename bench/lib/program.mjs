/** Runs one program in this process and sends what it measured to the parent. */
// The parent does not wait any more. The channel must not keep a program alive that waits forever.
process.on('disconnect', () => process.exit(1));
process.channel.unref();

const [name, options] = process.argv.slice(2);

try {
  const { default: program } = await import(`../programs/${name}.mjs`);
  const result = await program(JSON.parse(options));
  process.send({ result }, () => process.exit());
} catch (error) {
  process.send({ error: error.stack ?? String(error) }, () => process.exit(1));
}
