export type {
  BookAdapter,
  BookChange,
  BookSequence,
  BookTop,
  BookView,
  Level,
  VenueLevel,
} from './order-book/book-adapter.js';
export { OrderBook, type OrderBookEvents, type OrderBookSummary } from './order-book/order-book.js';
export type { StaleReason } from './order-book/shared-book.js';
export type { BookOptions } from './order-book/shared-channel.js';
