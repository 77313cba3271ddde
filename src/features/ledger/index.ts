export { type OrderSums, postOrderChange } from './post-order-change.js';
