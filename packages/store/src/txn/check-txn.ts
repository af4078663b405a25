/** What is refused before a transaction is tried: writing a key twice, values beyond the size limit. */
import { compareKeys } from '../ordered/compare-keys.ts';
import { endOfKeys, type Operation, StoreError, type TxnRequest } from '../port.ts';

/** Throws a StoreError (`duplicateKey`, `tooLarge`) for a transaction that no state could accept. */
export function checkTxn(request: TxnRequest, maxValueBytes: number): void {
  checkOperations(request.success, maxValueBytes);
  checkOperations(request.failure, maxValueBytes);
}

/** Whether `key` is in the range; `rangeEnd` as in the port. */
export function inRange(key: string, start: string, rangeEnd: string | undefined): boolean {
  if (rangeEnd === undefined) return key === start;
  return compareKeys(key, start) >= 0 && (rangeEnd === endOfKeys || compareKeys(key, rangeEnd) < 0);
}

function checkOperations(operations: readonly Operation[], maxValueBytes: number): void {
  for (const [index, operation] of operations.entries()) {
    if (operation.type !== 'put') continue;
    if (operation.value.byteLength > maxValueBytes) {
      throw new StoreError(
        'tooLarge',
        `value of ${operation.key} has ${operation.value.byteLength} bytes, more than ${maxValueBytes}`,
      );
    }
    if (operations.length > 1 && operations.some((other, at) => at !== index && writes(other, operation.key))) {
      throw new StoreError('duplicateKey', `a transaction may write a key only once: ${operation.key}`);
    }
  }
}

function writes(operation: Operation, key: string): boolean {
  if (operation.type === 'put') return operation.key === key;
  return operation.type === 'delete' && inRange(key, operation.key, operation.rangeEnd);
}
