/** Roles and permissions. */
@NullMarked
package dev.membership.domain.role;

import org.jspecify.annotations.NullMarked;
