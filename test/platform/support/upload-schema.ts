import 'reflect-metadata';
import { Arg, buildSchema, Field, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { pubSubStub } from '../../../src/platform/graphql/pub-sub-stub.js';
import { UploadScalar } from '../../../src/platform/graphql/scalars.js';
import { UploadCut, type UploadedFile } from '../../../src/platform/http/upload.js';

@InputType()
class SendFileInput {
  @Field(() => UploadScalar)
  file!: UploadedFile;

  @Field(() => [UploadScalar], { nullable: true })
  others!: UploadedFile[] | null;

  @Field(() => Int, { nullable: true })
  readMax!: number | null;
}

@ObjectType()
class SentFile {
  @Field(() => String)
  fileName!: string;

  @Field(() => String)
  contentType!: string;

  @Field(() => Int)
  bytes!: number;

  @Field(() => String)
  begins!: string;
}

/** What resolvers saw of files, in order: "opened", then how it ended. */
export const seen: string[] = [];

@Resolver()
class UploadResolver {
  @Query(() => String)
  hello(): string {
    return 'hello';
  }

  @Mutation(() => SentFile)
  async sendFile(@Arg('input') { file, readMax }: SendFileInput): Promise<SentFile> {
    seen.push('opened');
    let bytes = 0;
    let begins = '';
    try {
      for await (const chunk of file.content) {
        if (begins === '') seen.push('first bytes');
        bytes += chunk.length;
        begins = `${begins}${Buffer.from(chunk).toString()}`.slice(0, 20);
        if (bytes >= (readMax ?? Number.POSITIVE_INFINITY)) break;
      }
    } catch (error) {
      seen.push(error instanceof UploadCut ? error.reason : String(error));
      throw error;
    }
    seen.push(`read ${bytes}`);
    return { fileName: file.fileName, contentType: file.contentType, bytes, begins };
  }

  @Mutation(() => String)
  async ignoreFile(@Arg('file', () => UploadScalar) file: UploadedFile): Promise<string> {
    return file.fileName;
  }
}

export function uploadSchema() {
  return buildSchema({ resolvers: [UploadResolver], authChecker: () => false, validate: false, pubSub: pubSubStub });
}
