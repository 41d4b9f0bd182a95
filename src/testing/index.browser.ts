// What tests need that runs everywhere; the Node entry adds the mock server.
export {
  type AcknowledgementStyle,
  ReferenceServer,
  type ReferenceServerOptions,
  type RefusalStyle,
} from './reference-server.js';
export { SeededRandom } from './seeded-random.js';
export type { Direction, SimulatedClose, SimulatedConnection } from './simulated-connection.js';
export type { SimulatedReports } from './simulated-line.js';
export {
  type Admission,
  type SimulatedAttempt,
  SimulatedNetwork,
  type SimulatedNetworkOptions,
} from './simulated-network.js';
export type { SimulatedRuntime } from './simulated-runtime.js';
export { VirtualClock, type VirtualClockOptions } from './virtual-clock.js';
