/** The gRPC side of the benchmark in {@code deploy/benchmark}: callers that wait for one answer before they send the next call. */
package dev.membership.benchmark;
