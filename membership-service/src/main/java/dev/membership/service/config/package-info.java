/** What an operator can set. */
@NullMarked
package dev.membership.service.config;

import org.jspecify.annotations.NullMarked;
