/**
 * Warnings to who writes a CustomResourceDefinition that asks for something which this server keeps and publishes but does
 * not act on (docs/adr/0010-cel-rules-are-kept.md).
 */
import { type CustomResourceDefinition, hasValidationRules } from '@kindred/schema';

/** One text for each part of the definition that has no effect. */
export function crdWarnings({ spec }: CustomResourceDefinition): string[] {
  const warnings: string[] = [];
  spec.versions.forEach(({ schema }, index) => {
    const root = schema?.openAPIV3Schema;
    if (root === undefined || !hasValidationRules(root)) return;
    warnings.push(
      `spec.versions[${index}].schema.openAPIV3Schema: x-kubernetes-validations rules are stored and published but not evaluated: objects that break them are accepted`,
    );
  });
  if (spec.conversion?.strategy === 'Webhook') {
    warnings.push(
      'spec.conversion.strategy: conversion webhooks are not called: requests for versions other than the stored one are refused',
    );
  }
  return warnings;
}
