/** What a confirmation asked for that the intent object does not show. */
export interface ConfirmTerms {
  offSession: boolean;
  moto: boolean;
  errorOnRequiresAction: boolean;
  useStripeSdk: boolean;
  returnUrl: string | null;
  mandate: string | null;
  /** `request_three_d_secure` asks for authentication even where the card does not. */
  threeDSecureWanted: boolean;
}
