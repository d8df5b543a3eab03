/** Work that no caller waits for. */
@NullMarked
package dev.membership.service.background;

import org.jspecify.annotations.NullMarked;
