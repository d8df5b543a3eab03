/** What is deployed to Kubernetes is rendered, and held against Kubernetes's schemas and our policies. */
package dev.membership.kubernetes;
