import type { StoreError } from './contract.js';
import { storeError } from './errors.js';

/** How clients of the store try again, whatever they speak. */
export const retryDelayMinMs = 5;
export const retryDelayMaxMs = 250;
export const deadlineMsDefault = 10_000;

/** A write that may have been executed is not tried again. */
export function mayRetry(error: StoreError, write: boolean): boolean {
  if (error.retryable) return true;
  return (error.code === 'unavailable' || error.code === 'timeout') && !(write && error.mayHaveExecuted);
}

/** No time is left for another try. */
export function lateError(cause: StoreError): StoreError {
  return storeError('timeout', { detail: cause.message, mayHaveExecuted: cause.mayHaveExecuted, cause });
}
