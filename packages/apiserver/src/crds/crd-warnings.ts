/**
 * Warnings to who writes a CustomResourceDefinition that asks for something which this server keeps and publishes but does
 * not act on.
 */
import type { CustomResourceDefinition } from '@kindred/schema';

/** One text for each part of the definition that has no effect. */
export function crdWarnings({ spec }: CustomResourceDefinition): string[] {
  if (spec.conversion?.strategy !== 'Webhook') return [];
  return [
    'spec.conversion.strategy: conversion webhooks are not called: requests for versions other than the stored one are refused',
  ];
}
