package dev.membership.service.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.operation.Operations;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Entity;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.graphql.GraphQLApi;

/** The borders between the parts. Each rule was seen failing once, on a class that broke it on purpose. */
@AnalyzeClasses(
        packages = {"dev.membership.domain", "dev.membership.service"},
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String DOMAIN = "dev.membership.domain..";
    private static final String GRPC = "dev.membership.service.grpc..";
    private static final String GRAPHQL = "dev.membership.service.graphql..";
    private static final String BACKGROUND = "dev.membership.service.background..";

    /** What a door asks: a class that goes through {@link Operations}, the one way into every use case. */
    private static final DescribedPredicate<JavaClass> USE_CASES = describe(
            "use cases",
            type -> type.getPackageName().startsWith("dev.membership.domain")
                    && type.getAllFields().stream()
                            .anyMatch(field -> field.getRawType().isEquivalentTo(Operations.class)));

    private static final DescribedPredicate<JavaClass> ENTITIES_OR_REPOSITORIES =
            annotatedWith(Entity.class).<JavaClass>forSubtype().or(assignableTo(PanacheRepositoryBase.class));

    @ArchTest
    static final ArchRule theDomainKnowsNoDoor = noClasses()
            .that()
            .resideInAPackage(DOMAIN)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.membership.service..",
                    "dev.membership.v1..",
                    "dev.membership.admin..",
                    "io.grpc..",
                    "com.google..",
                    "io.quarkus.grpc..",
                    "io.smallrye.mutiny..",
                    "org.eclipse.microprofile.graphql..",
                    "io.smallrye.graphql..",
                    "graphql..",
                    "io.vertx..",
                    "io.quarkus.vertx..",
                    "jakarta.ws.rs..",
                    "io.quarkus.security..",
                    "org.jose4j..");

    @ArchTest
    static final ArchRule theGrpcDoorDoesNotKnowTheGraphQlDoor = noClasses()
            .that()
            .resideInAPackage(GRPC)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(GRAPHQL);

    @ArchTest
    static final ArchRule theGraphQlDoorDoesNotKnowTheGrpcDoor = noClasses()
            .that()
            .resideInAPackage(GRAPHQL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    GRPC, "dev.membership.v1..", "dev.membership.admin..", "io.grpc..", "com.google.protobuf..");

    @ArchTest
    static final ArchRule onlyTheDomainKnowsTheDatabase = noClasses()
            .that()
            .resideOutsideOfPackage(DOMAIN)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "jakarta.persistence..",
                            "jakarta.transaction..",
                            "java.sql..",
                            "javax.sql..",
                            "org.hibernate..",
                            "org.postgresql..",
                            "io.agroal..",
                            "io.quarkus.hibernate..",
                            "io.quarkus.narayana..")
                    // Constraints on settings: they know no database.
                    .and(resideOutsideOfPackage("org.hibernate.validator.."))
                    .or(assignableTo(Database.class))
                    .or(assignableTo(Sql.class))
                    .or(assignableTo(Row.class))
                    .or(ENTITIES_OR_REPOSITORIES));

    @ArchTest
    static final ArchRule entitiesAndRepositoriesArePackagePrivate =
            classes().that(ENTITIES_OR_REPOSITORIES).should().bePackagePrivate();

    @ArchTest
    static final ArchRule panacheIsUsedByRepositoriesAndTheirOwnPackage = noClasses()
            .that(describe(
                    "are in a package without a repository",
                    type -> type.getPackage().getClasses().stream()
                            .noneMatch(other -> other.isAssignableTo(PanacheRepositoryBase.class))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.quarkus.hibernate.orm.panache..");

    @ArchTest
    static final ArchRule useCasesAskWhoCalls = methods()
            .that()
            .areDeclaredInClassesThat(USE_CASES)
            .and()
            .arePublic()
            .should(beginWithTheirCallerOrServeTheBackground());

    @ArchTest
    static final ArchRule useCasesGoThroughOperations = methods()
            .that()
            .areDeclaredInClassesThat(USE_CASES)
            .and()
            .arePublic()
            .and(are(describe("given a caller", method -> beginsWith(method, Caller.class))))
            .should(reachOperations());

    @ArchTest
    static final ArchRule doorsAskUseCasesAndPassTheCallerOn =
            classes().that().resideInAnyPackage(GRPC, GRAPHQL).should(callOfTheDomainsBeansOnlyUseCasesWithACaller());

    @ArchTest
    static final ArchRule graphQlCallsThatWaitHoldUpNoOthers =
            classes().that().areAnnotatedWith(GraphQLApi.class).should().beAnnotatedWith(RunOnVirtualThread.class);

    @ArchTest
    static final ArchRule namesSayWhatAClassIs =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl|Base)");

    private static boolean beginsWith(JavaMethod method, Class<?> type) {
        return !method.getRawParameterTypes().isEmpty()
                && method.getRawParameterTypes().getFirst().isEquivalentTo(type);
    }

    private static ArchCondition<JavaMethod> beginWithTheirCallerOrServeTheBackground() {
        return new ArchCondition<>("begin with their Caller or Call, or be called by background work alone") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean background = !method.getAccessesToSelf().isEmpty()
                        && method.getAccessesToSelf().stream()
                                .allMatch(call -> resideInAPackage(BACKGROUND).test(call.getOriginOwner()));
                boolean asks = beginsWith(method, Caller.class) || beginsWith(method, Call.class);
                events.add(new SimpleConditionEvent(method, asks || background, method.getDescription()));
            }
        };
    }

    private static ArchCondition<JavaMethod> reachOperations() {
        return new ArchCondition<>("go through Operations, which checks what the caller may call") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                events.add(new SimpleConditionEvent(
                        method,
                        reaches(method, new HashSet<>()),
                        method.getDescription() + " does not go through Operations"));
            }
        };
    }

    /** Follows calls inside the use case's own class and to other use cases. */
    private static boolean reaches(JavaMethod method, Set<JavaMethod> seen) {
        if (!seen.add(method)) {
            return false;
        }
        for (JavaAccess<?> call : method.getAccessesFromSelf()) {
            if (call.getTargetOwner().isEquivalentTo(Operations.class)) {
                return true;
            }
            boolean follow = call.getTargetOwner().equals(method.getOwner()) || USE_CASES.test(call.getTargetOwner());
            if (follow && method(call).filter(target -> reaches(target, seen)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** What is called or referred to, if it is a method. */
    private static Optional<JavaMethod> method(JavaAccess<?> access) {
        return access.getTarget()
                .resolveMember()
                .filter(JavaMethod.class::isInstance)
                .map(JavaMethod.class::cast);
    }

    private static ArchCondition<JavaClass> callOfTheDomainsBeansOnlyUseCasesWithACaller() {
        return new ArchCondition<>("call of the domain's beans only use cases, with the caller as first argument") {
            @Override
            public void check(JavaClass door, ConditionEvents events) {
                for (JavaAccess<?> call : door.getAccessesFromSelf()) {
                    JavaClass owner = call.getTargetOwner();
                    if (!owner.getPackageName().startsWith("dev.membership.domain")
                            || !owner.isAnnotatedWith(ApplicationScoped.class)) {
                        continue;
                    }
                    boolean allowed = USE_CASES.test(owner)
                            && method(call)
                                    .filter(target -> beginsWith(target, Caller.class))
                                    .isPresent();
                    events.add(new SimpleConditionEvent(door, allowed, call.getDescription()));
                }
            }
        };
    }
}
