export type { CheckoutParts } from './checkout-parts.js';
export { checkoutRoutes, pageForBadLink } from './checkout-routes.js';
