/** Rules for values from outside. */
@NullMarked
package dev.membership.domain.input;

import org.jspecify.annotations.NullMarked;
