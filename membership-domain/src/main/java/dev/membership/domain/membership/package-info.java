/** Memberships and what they permit. */
@NullMarked
package dev.membership.domain.membership;

import org.jspecify.annotations.NullMarked;
