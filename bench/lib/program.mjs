/**
 * Runs one program in this process. A program returns what it measured, or `{ round }`: then this process stays alive and
 * measures one round each time the parent asks.
 */
// The parent does not wait any more. The channel must not keep a program alive that waits forever.
process.on('disconnect', () => process.exit(1));
process.channel.unref();

const [name, options] = process.argv.slice(2);

try {
  const { default: program } = await import(`../programs/${name}.mjs`);
  const result = await program(JSON.parse(options));
  if (typeof result.round === 'function') serve(result);
  else process.send({ result }, () => process.exit());
} catch (error) {
  fail(error);
}

function serve({ round }) {
  process.channel.ref();
  process.on('message', ({ ask }) => {
    if (ask === 'round') round().then((result) => process.send({ result }), fail);
    else if (ask === 'stop') process.exit();
  });
  process.send({ ready: true });
}

function fail(error) {
  process.send({ error: error.stack ?? String(error) }, () => process.exit(1));
}
