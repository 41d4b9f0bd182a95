const program = (name) => (lab) => lab.withServer((server) => lab.node([name, server.url]));

export const contexts = [
  {
    title: 'contexts: zone.js: a rejecting listener is an error event, and no timer is left when nothing is pending',
    run: program('contexts/zone.mjs'),
  },
  {
    title: 'contexts: OpenTelemetry: code after an await of a call is in the context of the call',
    run: program('contexts/opentelemetry.mjs'),
  },
];
