// The tools that run on every platform. The Node entry adds the mock server.
export {
  type AcknowledgementStyle,
  ReferenceServer,
  type ReferenceServerOptions,
  type RefusalStyle,
} from './exchange/reference-server.js';
export { SeededRandom } from './simulation/seeded-random.js';
export type { Admission, SimulatedAttempt } from './simulation/simulated-attempt.js';
export type { Direction, SimulatedConnection } from './simulation/simulated-connection.js';
export type { SimulatedClose, SimulatedReports } from './simulation/simulated-line.js';
export { SimulatedNetwork, type SimulatedNetworkOptions } from './simulation/simulated-network.js';
export type { SimulatedRuntime } from './simulation/simulated-runtime.js';
export { VirtualClock, type VirtualClockOptions } from './simulation/virtual-clock.js';
