package dev.membership.domain.user;

import dev.membership.domain.database.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What other members may know of a user.
 *
 * @param identifier e-mail address, else username, else phone number
 */
@RegisterForReflection
public record PublicUserData(
        String userId,
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable String imageUrl,
        @Nullable String identifier,
        @Nullable String username,
        boolean banned) {

    /** What a statement selects for {@link #read}, with {@code u} for the user. */
    public static final String COLUMNS = """
            u.id, u.first_name, u.last_name, u.image_url, coalesce(u.email_address, u.username, u.phone_number), \
            u.username, u.banned""";

    public static PublicUserData read(Row row) throws SQLException {
        return new PublicUserData(
                row.text(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.flag());
    }

    public boolean hasImage() {
        return imageUrl != null;
    }
}
