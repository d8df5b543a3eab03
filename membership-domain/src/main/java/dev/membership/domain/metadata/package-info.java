/** JSON objects that companies keep with their things. */
@NullMarked
package dev.membership.domain.metadata;

import org.jspecify.annotations.NullMarked;
