/** The operator of platform keys, which stand above all operators. No such operator exists. */
export const PLATFORM = '00000000-0000-0000-0000-000000000000';
