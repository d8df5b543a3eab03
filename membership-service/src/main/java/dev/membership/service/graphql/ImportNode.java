package dev.membership.service.graphql;

import dev.membership.domain.user.ImportTally;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** GraphQL's view of an {@link ImportTally}. */
@Name("ImportUsersResult")
@Description("What an import of users came to.")
public record ImportNode(
        @NonNull int created,
        @NonNull int updated,
        @NonNull int unchanged,
        @NonNull int refused,
        @NonNull List<@NonNull RefusalNode> refusals) {
    /** A row that was refused. */
    @Name("ImportRefusal")
    @Description("A row of an import that was refused: its place from 0, and the error catalogue's code in upper case.")
    public record RefusalNode(
            @NonNull int index,
            @NonNull String reason,
            @NonNull String message,
            @Nullable String field) {
        static RefusalNode of(ImportTally.Refused refused) {
            return new RefusalNode(
                    Math.toIntExact(refused.index()), refused.reason(), refused.message(), refused.field());
        }
    }

    static ImportNode of(ImportTally tally) {
        return new ImportNode(
                Math.toIntExact(tally.created()),
                Math.toIntExact(tally.updated()),
                Math.toIntExact(tally.unchanged()),
                Math.toIntExact(tally.refused()),
                tally.refusals().stream().map(RefusalNode::of).toList());
    }
}
