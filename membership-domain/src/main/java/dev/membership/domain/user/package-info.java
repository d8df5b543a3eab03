/** The instance's users, as far as memberships need them. */
@NullMarked
package dev.membership.domain.user;

import org.jspecify.annotations.NullMarked;
