/** Credentials: who calls, on every door. */
@NullMarked
package dev.membership.service.security;

import org.jspecify.annotations.NullMarked;
