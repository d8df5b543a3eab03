/** Instances, their settings and the credentials that call for them. */
@NullMarked
package dev.membership.domain.instance;

import org.jspecify.annotations.NullMarked;
