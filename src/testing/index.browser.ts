// What tests need that runs everywhere; the Node entry adds the mock server.
export {
  type AcknowledgementStyle,
  ReferenceServer,
  type ReferenceServerOptions,
  type RefusalStyle,
} from './exchange/reference-server.js';
export { SeededRandom } from './simulation/seeded-random.js';
export type { Direction, SimulatedClose, SimulatedConnection } from './simulation/simulated-connection.js';
export type { SimulatedReports } from './simulation/simulated-line.js';
export {
  type Admission,
  type SimulatedAttempt,
  SimulatedNetwork,
  type SimulatedNetworkOptions,
} from './simulation/simulated-network.js';
export type { SimulatedRuntime } from './simulation/simulated-runtime.js';
export { VirtualClock, type VirtualClockOptions } from './simulation/virtual-clock.js';
