/** How large a chart may be: helm's own limits. */
export interface ChartLimits {
  /** Bytes of all files, unpacked. */
  readonly totalBytes: number;
  /** Bytes of one file, unpacked. */
  readonly fileBytes: number;
}

export const DEFAULT_CHART_LIMITS: ChartLimits = { totalBytes: 100 * 1024 * 1024, fileBytes: 5 * 1024 * 1024 };
